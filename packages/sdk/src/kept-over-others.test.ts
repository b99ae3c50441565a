import { afterEach, expect, test } from '@jest/globals';

import { csv, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const source = (name: string): string =>
  `kind: source\nname: ${name}\nsource: csv\ntable: data/${name}.csv\ncolumns: {day: date, amount: integer}\n`;
const over = (name: string, more = ''): string =>
  `kind: transform\nname: of_${name}\ninputs: [{ref: source.${name}}]\ntransform: SELECT day, amount${more} FROM source.${name}\n`;

const LEFT = 'seeknal/transforms/of_left.yml';
const RIGHT = 'seeknal/transforms/of_right.yml';
const MORE = ', 2 * amount AS twice';

/** A sum over two tables, each over a file of its own; the left one has a column more since it was built. */
async function summed(): Promise<ProjectFolder> {
  const folder = await ProjectFolder.make({
    'data/left.csv': csv([1, 1], [2, 2]),
    'data/right.csv': csv([1, 10], [2, 20]),
    'seeknal/sources/left.yml': source('left'),
    'seeknal/sources/right.yml': source('right'),
    [LEFT]: over('left'),
    [RIGHT]: over('right'),
    'seeknal/transforms/both.yml':
      'kind: transform\nname: both\ninputs: [{ref: transform.of_left}, {ref: transform.of_right}]\ntransform: SELECT sum(l.amount + r.amount)::INTEGER AS amount FROM input_0 AS l JOIN input_1 AS r USING (day)\n',
  });
  await folder.run(5);
  await folder.write({ [LEFT]: over('left', MORE) });
  expect((await folder.run(5)).tasks).toEqual(['transform.of_left']);
  return folder;
}

/** Builds a column more on the right in dev, and goes on in prod with both. */
async function builtInDev(folder: ProjectFolder, more: string): Promise<readonly string[]> {
  await folder.write({ [LEFT]: over('left'), [RIGHT]: over('right', more) });
  await folder.run(5, { environment: 'dev' });
  await folder.write({ [LEFT]: over('left', MORE) });
  return (await folder.run(5)).tasks;
}

test('a table that another environment has built is taken over, and who reads nothing new of it is kept', async () => {
  const folder = await summed();
  expect(await builtInDev(folder, MORE)).toEqual([]);
  expect(await folder.rows('FROM transform.both')).toEqual(['33']);
  expect(await folder.rows('SELECT sum(twice) FROM transform.of_right')).toEqual(['60']);
  expect((await folder.run(5)).status).toBe('nothing_to_do');
});

test('who reads what differs in it is built anew', async () => {
  const folder = await summed();
  expect(await builtInDev(folder, ' + 1 AS amount')).toEqual(['transform.both']);
  expect(await folder.rows('FROM transform.both')).toEqual(['35']);
});

test('a file that was corrected before the other environment built is no reason to show old sums', async () => {
  const folder = await summed();
  await folder.write({ 'data/right.csv': csv([1, 10], [2, 200]) });
  const tasks = await builtInDev(folder, MORE);
  expect(tasks).toContain('transform.both');
  expect(await folder.rows('FROM transform.both')).toEqual(['213']);
  expect((await folder.run(5)).status).toBe('nothing_to_do');
});
