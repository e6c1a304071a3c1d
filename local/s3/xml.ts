/** Of every successful answer with a body. */
export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A document with one root element; `content` is XML already. */
export function xmlDocument(root: string, content: string, namespace?: string): string {
  const attributes = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attributes}>${content}</${root}>`;
}

/** An element that holds text. */
export function xmlElement(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** The text of every `<name>` in `xml`, unescaped. Enough for S3's requests, whose elements below the root have no attributes. */
export function xmlTexts(xml: string, name: string): string[] {
  return xmlContents(xml, name).map(unescapeXml);
}

/** The content of every `<name>` in `xml`, as XML. */
export function xmlContents(xml: string, name: string): string[] {
  return Array.from(xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g')), (match) => match[1]!);
}

const entityOf: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const characterOf: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => entityOf[character]!)
    .replace(/\p{Cc}/gu, (character) => `&#x${character.codePointAt(0)!.toString(16)};`);
}

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/gi,
    (_, hex, decimal, name) =>
      name === undefined
        ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
        : characterOf[name.toLowerCase()]!,
  );
}
