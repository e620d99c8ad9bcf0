/**
 * What the token-level changes put into documents. In each pair the first list keeps a document well-formed in most
 * places, the second list does not; neither is a promise, for what counts is that the two readers agree.
 */
export interface SnippetPool {
  readonly harmless: readonly string[];
  readonly harmful: readonly string[];
}

/** Things that stand between tags. */
export const CONTENT: SnippetPool = {
  harmless: [
    ...[' ', '\n', '\t', '\r', '\r\n', 'text', 'a]]b', 'a > b', '"', "'", 'é', '😀', '\u0085', '\u2028', '\uFEFF'],
    ...['<!---->', '<!-- a - b -->', '<!-- <x> & -->', '<?p?>', '<?p  a?b ?>', '<?xml-style a?>', '<?ä?>'],
    ...['<![CDATA[]]>', '<![CDATA[<x> & ]] >]]>', '<![CDATA[a]]]]>', '<![CDATA[\r\n]]>'],
    ...['&lt;', '&gt;', '&amp;', '&quot;', '&apos;', '&#65;', '&#x1F600;', '&#xd;', '&#10;', '&#x00041;', '&amp;lt;'],
    ...['<x/>', '<x />', '<x></x>', '<x>t</x >', '<ä:b xmlns:ä="urn:ä"/>', '<p:x xmlns:p="urn:p" p:a="1" a="2"/>'],
    ...['<x xmlns="urn:x"><y xmlns=""/></x>', '<p:x xmlns:p="urn:p"><p:y xmlns:p="urn:q"/></p:x>', '<xml/>'],
  ],
  harmful: [
    ...['&', '&;', '&x', '&nbsp;', '&LT;', '& lt;', '&lt', '&#;', '&#x;', '&#X41;', '&#65', '&#6 5;', '&#-1;', '&:;'],
    ...['&#0;', '&#7;', '&#xD800;', '&#xFFFE;', '&#xFFFF;', '&#x110000;', '&#x100000041;', '&#4294967361;', '&#1FF;'],
    ...['<', '<<', '>', ']]>', '<>', '</>', '< x/>', '<x', '<x/', '<x/ >', '</x>', '<x>', '<x></ x>', '<1/>'],
    ...['<!-->', '<!--->', '<!-- a -- b -->', '<!-- a --->', '<!--', '<!- a -->', '<!x>', '<![cdata[]]>', '<![CDATA['],
    ...[
      '<![CDATA [a]]>',
      '<??>',
      '<? p?>',
      '<?p>',
      '<?p',
      '<?xml?>',
      '<?XML a?>',
      '<?xml version="1.0"?>',
      '<?a:b c?>',
    ],
    ...['<p:x/>', '<x p:a="1"/>', '<x:/>', '<:x/>', '<:/>', '<a:b:c xmlns:a="urn:a"/>', '<xmlns:x/>', '<xml:x/>'],
    ...['<x xmlns:p="urn:p"/><p:x/>', '<x xmlns:p="urn:p"><y xmlns:p=""/></x>', '<p:x xmlns:q="urn:q"></p:x>'],
    ...['<!DOCTYPE cwaEvents>', '<!DOCTYPE x [<!ENTITY e "v">]>', '\u0000', '\u0001', '\u001f', '\uFFFE', '\uFFFF'],
  ],
};

/** Things that stand in a start tag behind the name. */
export const ATTRIBUTES: SnippetPool = {
  harmless: [
    ...[' ', '\n', '\r\n\t', ' added="1"', " added='1'", ' added = "1"', '\nadded\t=\n"1"', ' added=""', ' Uri="1"'],
    ...[' added="a\nb"', ' added="a\r\nb\tc\rd"', ' added="&#10;&#9;&#13;"', ' added="&lt;&amp;&quot;&apos;>"'],
    ...[" added='\"'", ' added="\'"', ' added="é😀"', ' ä="1"', ' a.b-c_1="1"', ' added="  a  b  "', ' added="]]>"'],
    ...[' xml:lang="de"', ' xml:space="preserve"', ' xml:id="i"', ' xml:other="1"', ' xmlns:p="urn:p"', ' xmlns=""'],
    ...[' xmlns="urn:d"', ' xmlns:p="urn:p" p:a="1" a="2"', ' p:a="1" xmlns:p="urn:p"', ' xmlns:xmlx="urn:x"'],
    ...[' xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:b="2"', ' xmlns:p="urn:p" xmlns:q="urn:q" p:a="1" q:a="2"'],
    ...[' xmlns:xml="http://www.w3.org/XML/1998/namespace"', ' xmlns:p="&#117;rn:p" p:a="1"', ' xmlns:p="relative"'],
    ...[' xmlns:p="urn:p" xmlns:q="URN:P" p:a="1" q:a="2"', ' xmlns:p="a b"', ' xmlns:ä="urn:ä" ä:ä="1"'],
  ],
  harmful: [
    ...['added="1"', ' added', ' added=', ' added=1', ' added="', ' added="1', ' ="1"', ' "1"', ' =', ' 1a="1"'],
    ...[' a="1"b="2"', ' a="1" a="2"', ' a="<"', ' a="&"', ' a="&nbsp;"', ' a="&#0;"', ' a="\u0001"', ' a="\uFFFF"'],
    ...[' /', '/', ' <', ' &amp;', ' a=&quot;1&quot;', ' a=`1`', ' a==""', ' a:="1"', ' :a="1"', ' :="1"'],
    ...[' p:a="1"', ' xml:a:b="1"', ' xmlns:="urn:x"', ' xmlns:p=""', ' xmlns:1="urn:x"', ' xmlns:p:q="urn:x"'],
    ...[' xmlns:p="urn:p" xmlns:p="urn:p"', ' xmlns="urn:p" xmlns="urn:q"', ' xmlns:p="urn:p" p:a="1" p:a="2"'],
    ...[' xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:a="2"', ' xmlns:p="urn:p" xmlns:q="&#117;rn:p" p:a="1" q:a="2"'],
    ...[' xmlns:xml="urn:x"', ' xmlns:xmlns="urn:x"', ' xmlns:p="http://www.w3.org/XML/1998/namespace"'],
    ...[' xmlns:p="http://www.w3.org/2000/xmlns/"', ' xmlns="http://www.w3.org/2000/xmlns/"'],
    ...[' xmlns="http://www.w3.org/XML/1998/namespace"', ' xmlns:xmlns="http://www.w3.org/2000/xmlns/"'],
    ...[' \u0000a="1"', ' ·a="1"', ' a·="1" ÷="1"'],
  ],
};

/** Names of elements. */
export const NAMES: SnippetPool = {
  harmless: [
    'x',
    'ä',
    '_',
    'x.y-z',
    'x1',
    'X',
    'x·',
    'x\u0300',
    '日本',
    '\u{10000}',
    '\u2118',
    '\u212E',
    'xml:x',
    'xmlx',
  ],
  harmful: [
    ...[
      '1x',
      '-x',
      '.x',
      '·x',
      '\u0300x',
      '×',
      '÷',
      '\u037E',
      '\u2000',
      '\u3000',
      '\uFEFFx',
      '\u00A0',
      'x\u2010',
      'x$',
    ],
    ...['p:x', ':x', 'x:', ':', 'xml:', 'a:b:c', 'xmlns:x', 'xml:1', 'xml:-', 'x;', 'x"', "x'", 'x=', 'x&', 'x\u0000'],
  ],
};

/** What a document may begin with; "harmful" ones are refused by at least one of the two readers, or read by policy. */
export const DECLARATIONS: SnippetPool = {
  harmless: [
    ...['<?xml version="1.0"?>', "<?xml version='1.0'?>\n", '<?xml version = "1.0"  ?>', '<?xml\nversion="1.0"\n?>'],
    ...['<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0" encoding="utf-8" standalone="yes"?>'],
    ...['<?xml version="1.0" standalone=\'no\'?>', '\n', '<!-- first -->', '<?p a?>', '\uFEFF'],
  ],
  harmful: [
    ...[
      '<?xml?>',
      '<?xml ?>',
      '<?xml encoding="UTF-8"?>',
      '<?xml version="1.0" version="1.0"?>',
      '<?XML version="1.0"?>',
    ],
    ...['<?xml version="1.0"encoding="UTF-8"?>', '<?xml version="1.0" standalone="yes" encoding="UTF-8"?>'],
    ...[
      '<?xml version="1.0" encoding=""?>',
      '<?xml version="1.0" encoding="1"?>',
      '<?xml version="1.0" standalone="1"?>',
    ],
    ...['<?xml version="1.0" other="1"?>', '<?xml version=1.0?>', '<?xml version="1.0">', '<?xml version="1.0" ? >'],
    ...[
      '<?xml version=""?>',
      '<?xml version="1"?>',
      '<?xml version="1.1"?>',
      '<?xml version="1.7"?>',
      '<?xml version="2.0"?>',
    ],
    ...[
      ' <?xml version="1.0"?>',
      '\n\n<?xml version="1.0"?>',
      '<!-- --><?xml version="1.0"?>',
      'x',
      '\u0000',
      '<!DOCTYPE x>',
    ],
    ...['<?xml version="1.0" encoding="utf-16"?>', '<?xml version="1.0" encoding="iso-8859-1"?>', '\uFEFF\uFEFF'],
    ...[
      '<?xml version="1.0" encoding="us-ascii"?>',
      '<?xml version="1.0" encoding="x-none"?>',
      '<?xml version="1.0a"?>',
    ],
  ],
};

/** Single characters for texts, values and names. */
export const CHARACTERS: SnippetPool = {
  harmless: [
    'a',
    '9',
    ' ',
    '\t',
    '\n',
    '\r',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u200b',
    '\u2028',
    '\ufeff',
    '\ufdd0',
    '😀',
    '\u{1fffe}',
    '\u{10ffff}',
    '\ud7ff',
    '\ue000',
    '\ufffd',
  ],
  harmful: [
    '<',
    '>',
    '&',
    '"',
    "'",
    '=',
    '/',
    ':',
    '\u0000',
    '\u0008',
    '\u000b',
    '\u000c',
    '\u001f',
    '\ufffe',
    '\uffff',
    '[',
  ],
};
