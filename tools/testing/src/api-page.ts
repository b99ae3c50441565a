import { expect, test } from '@jest/globals';

import { examplesIn, namesIn, printedBy, promisedBy, type Load } from './page-examples.ts';

/** Tests that every example of a page of an API prints something, and what it says. */
export function describeApiPage(page: string, load: Load): void {
  test.each(examplesIn(page).map((example, i) => [i + 1, example] as const))(
    'example %i of the API page prints what it says',
    async (_, example) => {
      const printed = await printedBy(example, load);
      expect(printed).toEqual(promisedBy(example));
      expect(printed.length).toBeGreaterThan(0);
    },
  );
}

/** The names that an index exports, types included. */
export const exportedNames = (index: string): readonly string[] =>
  [...index.matchAll(/export (?:type )?\{(.*?)\}/gsu)].flatMap(([, names = '']) =>
    namesIn(names).map((name) => name.replace('type ', '')),
  );

/** The names of an index that no heading of a page of its API names. */
export function unnamedOn(page: string, index: string): readonly string[] {
  const headings = [...page.matchAll(/^### (.*)$/gmu)].map(([heading]) => heading).join('\n');
  return exportedNames(index).filter((name) => !headings.includes(`\`${name}\``));
}
