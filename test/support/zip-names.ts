const ENTRY = Buffer.from('PK\u0001\u0002', 'latin1');
const HEADER = 46;

/** The names of a zip file's entries, from its central directory. */
export function zipNames(zip: Buffer): string[] {
  const names: string[] = [];
  for (let at = zip.indexOf(ENTRY); at >= 0; at = zip.indexOf(ENTRY, at + HEADER)) {
    names.push(zip.toString('utf8', at + HEADER, at + HEADER + zip.readUInt16LE(at + 28)));
  }
  return names;
}
