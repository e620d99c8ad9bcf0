import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Security;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A TLS server that still speaks what OpenSSL 3 has dropped: SSL 3, RC4, 3DES. Java has them behind a switch.
 *
 * Arguments: key store (PKCS #12), its password, protocols, cipher suites (both with commas). Prints its port, then
 * answers every request on a connection of its own, until standard input ends.
 */
public class OldTlsServer {
  private static final String BODY = "<cwaEvents ackId=\"9\"/>";
  private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: "
      + BODY.length() + "\r\n\r\n" + BODY;

  public static void main(String[] arguments) throws Exception {
    Security.setProperty("jdk.tls.disabledAlgorithms", "");
    Security.setProperty("jdk.tls.legacyAlgorithms", "");
    SSLServerSocket server = listen(arguments[0], arguments[1].toCharArray());
    server.setEnabledProtocols(arguments[2].split(","));
    server.setEnabledCipherSuites(arguments[3].split(","));
    System.out.println(server.getLocalPort());
    Thread parent = new Thread(() -> {
      try {
        while (System.in.read() >= 0) { }
      } catch (Exception ended) { }
      System.exit(0);
    });
    parent.setDaemon(true);
    parent.start();
    while (true) {
      try (SSLSocket socket = (SSLSocket) server.accept()) {
        answer(socket);
      } catch (Exception refused) {
        System.err.println(refused);
      }
    }
  }

  private static SSLServerSocket listen(String file, char[] password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(file)) {
      store.load(in, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 8, InetAddress.getLoopbackAddress());
  }

  private static void answer(SSLSocket socket) throws Exception {
    socket.setSoTimeout(10_000);
    socket.startHandshake();
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) return;
      head.append((char) next);
    }
    socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
  }
}
