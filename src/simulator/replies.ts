import { ERROR_SESSION_NOT_FOUND, RESPONSES } from '../cwa/protocol.ts';
import { htmlReply, xmlReply, type Reply } from './exchange.ts';
import type { ResolvedOptions } from './options.ts';
import { plain, type Element } from './xml-node.ts';
import { writeXml } from './xml-writer.ts';

/** Where a browser would be sent to sign in. */
const LOGON_PAGE = '/forms/logon.html';

/** A document as the options want it written. */
export function writeDocument(root: Element, options: ResolvedOptions): string {
  return `${declaration(options)}${writeXml(root, options.wireStyle)}`;
}

/** `<?xml …?>`, or nothing: live servers wrote none (transport §2.3). */
export function declaration({ xmlDeclaration, wireStyle }: ResolvedOptions): string {
  if (!xmlDeclaration) return '';
  return `<?xml version="1.0" encoding="utf-8"?>${wireStyle === 'indented' ? '\n' : ''}`;
}

/** An `error` as `requestFailed` and the others hold it (transport §9.1, shape C). */
export function errorElement(code: number, reason: string, detail: string): Element {
  return plain('error', { code, subCode: 0, reason, detail });
}

/** The whole request is of no use: an `error` directly below the root. */
export function errorReply(options: ResolvedOptions, error: Element, ticket: string | null): Reply {
  return xmlReply(writeDocument(plain(RESPONSES, {}, [error]), options), ticket);
}

/** The `sid` is not known, or not known any more. */
export function sessionNotFound(options: ResolvedOptions, ticket: string | null): Reply {
  const error = errorElement(ERROR_SESSION_NOT_FOUND, 'Session not found', 'The session does not exist or has ended.');
  return errorReply(options, error, ticket);
}

/** The ticket is missing, expired or revoked. No source says how that looks, so there are three ways. */
export function ticketRefused({ ticketRefusal }: ResolvedOptions): Reply {
  switch (ticketRefusal) {
    case '302':
      return logonRedirect();
    case 'html':
      return logonPage();
    case '401':
      return htmlReply('<html><body>401 Unauthorized</body></html>', 401);
  }
}

export function logonRedirect(): Reply {
  return { status: 302, headers: { Location: LOGON_PAGE, 'Content-Type': 'text/html' }, body: '' };
}

/** The page that a browser sees: not XML. */
export function logonPage(): Reply {
  return htmlReply(
    '<!DOCTYPE html>\n<html><head><title>Communicator Web Access</title><meta charset="utf-8"></head>\n' +
      '<body><form method="post"><input name="user"><br><input type="password" name="password"></form></body></html>\n',
  );
}
