import { Document, visit } from 'yaml';
import { printable } from './printable.ts';

/** A value in YAML. Characters that a terminal must not get are escaped, which only a text in quotes allows. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && printable(node.value) !== node.value) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}
