import { writeFile } from 'node:fs/promises';
import { fileOf, generated, GENERATED_PAGES } from './generated-pages.ts';

// `npm run docs`: writes every generated page anew.
for (const page of GENERATED_PAGES) await writeFile(fileOf(page), await generated(page));
