import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * What Java's Avro says of schemas and values. One request a line on standard input, one answer a line on standard
 * output, in order; schemas and binaries are base64:
 *
 *     schema NAME AVSC          → the full name of the schema, which is kept as NAME
 *     value NAME BINARY         → the value written again as binary, a space, and as JSON with plain unions
 *     compare NEWER OLDER       → COMPATIBLE if a reader with the schema NEWER reads what was written with OLDER
 *
 * Anything else ends the program with an exception. It is run from its source: java -cp JARS AvroJudge.java
 */
public final class AvroJudge {
  private final Map<String, Schema> schemas = new HashMap<>();

  public static void main(String[] arguments) throws IOException {
    AvroJudge judge = new AvroJudge();
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      output.print(judge.answer(line.split(" ")) + "\n");
    }
    output.flush();
  }

  private String answer(String[] request) throws IOException {
    switch (request[0]) {
      case "schema":
        String text = new String(Base64.getDecoder().decode(request[2]), StandardCharsets.UTF_8);
        schemas.put(request[1], new Schema.Parser().parse(text));
        return schemas.get(request[1]).getFullName();
      case "value":
        return again(schemas.get(request[1]), Base64.getDecoder().decode(request[2]));
      case "compare":
        return SchemaCompatibility.checkReaderWriterCompatibility(schemas.get(request[1]), schemas.get(request[2]))
            .getType().name();
      default:
        throw new IllegalArgumentException(request[0]);
    }
  }

  private static String again(Schema schema, byte[] binary) throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(binary, null);
    GenericRecord value = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
    if (!decoder.isEnd()) throw new IOException("the value is longer than its schema says");
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(written, null);
    new GenericDatumWriter<GenericRecord>(schema).write(value, encoder);
    encoder.flush();
    StringBuilder json = new StringBuilder();
    writeJson(value, json);
    return Base64.getEncoder().encodeToString(written.toByteArray()) + " " + json;
  }

  /** As JSON.stringify writes it: no spaces, and only what must be escaped is. */
  private static void writeJson(Object value, StringBuilder json) {
    if (value instanceof GenericRecord) {
      char separator = '{';
      for (Schema.Field field : ((GenericRecord) value).getSchema().getFields()) {
        json.append(separator);
        writeText(field.name(), json);
        json.append(':');
        writeJson(((GenericRecord) value).get(field.pos()), json);
        separator = ',';
      }
      json.append('}');
    } else if (value instanceof List) {
      String separator = "[";
      for (Object item : (List<?>) value) {
        json.append(separator);
        writeJson(item, json);
        separator = ",";
      }
      json.append(((List<?>) value).isEmpty() ? "[]" : "]");
    } else if (value instanceof CharSequence) {
      writeText(value.toString(), json);
    } else {
      json.append(value);
    }
  }

  private static final String ESCAPED = "\"\\\b\f\n\r\t";
  private static final String LETTERS = "\"\\bfnrt";

  private static void writeText(String text, StringBuilder json) {
    json.append('"');
    for (char character : text.toCharArray()) {
      int index = ESCAPED.indexOf(character);
      if (index >= 0) json.append('\\').append(LETTERS.charAt(index));
      else if (character < 0x20) json.append(String.format("\\u%04x", (int) character));
      else json.append(character);
    }
    json.append('"');
  }
}
