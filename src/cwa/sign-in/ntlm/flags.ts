/** Negotiate flags (MS-NLMP §2.2.2.5), as far as this client asks for them or looks at them. */
export const UNICODE = 0x0000_0001;
const REQUEST_TARGET = 0x0000_0004;
const NTLM = 0x0000_0200;
const ALWAYS_SIGN = 0x0000_8000;
const EXTENDED_SESSION_SECURITY = 0x0008_0000;
export const TARGET_INFO = 0x0080_0000;
const VERSION = 0x0200_0000;
const KEY_128 = 0x2000_0000;
const KEY_56 = 0x8000_0000;

/**
 * What this client asks for. Neither signing nor sealing nor a key exchange: HTTP uses none of them, and the last
 * would need RC4, which OpenSSL 3 has given up.
 */
export const CLIENT_FLAGS =
  (UNICODE |
    REQUEST_TARGET |
    NTLM |
    ALWAYS_SIGN |
    EXTENDED_SESSION_SECURITY |
    TARGET_INFO |
    VERSION |
    KEY_128 |
    KEY_56) >>>
  0;
