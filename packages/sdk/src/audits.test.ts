import { afterEach, expect, test } from '@jest/globals';

import type { AuditOptions } from './audits.ts';
import { csv, morning, PROJECT, ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';

afterEach(removeProjectFolders);

const total = (audits: string): string =>
  `${PROJECT['seeknal/transforms/total.yml'] ?? ''}audits: ${audits}\n`;

const FILES = {
  ...PROJECT,
  'seeknal/sources/sales.yml': `${PROJECT['seeknal/sources/sales.yml'] ?? ''}audits: [{type: not_null, columns: [day]}]\n`,
  'seeknal/transforms/total.yml': total('[{type: row_count, min: 1}]'),
  'seeknal/transforms/seen.yml':
    'kind: transform\nname: seen\nmode: view\ninputs: [{ref: transform.daily}]\ntransform: SELECT amount FROM input_0\naudits: [{type: unique, columns: [amount], severity: warn}]\n',
  'seeknal/rules/small.yml':
    'kind: rule\nname: small\nrule: {type: range, column: amount, params: {max_val: 100}}\ninputs: [transform.daily]\n',
};

/** `node: status`, and of each check that found something how much. */
async function auditIn(folder: ProjectFolder, options: AuditOptions = {}): Promise<readonly string[]> {
  return folder.using(morning(5), async (project) => {
    const before = (await project.plan()).base;
    const audits = await project.audit(options);
    expect((await project.plan()).base).toEqual(before);
    return audits.map(({ node, status, checks, error }) => {
      const found = checks.filter(({ failures }) => failures > 0);
      const message = (error as { readonly message?: string } | null)?.message;
      return [
        `${node}: ${status}`,
        ...found.map(({ type, failures }) => `${type} ${failures}`),
        ...(message === undefined ? [] : [message]),
      ].join(', ');
    });
  });
}

test('the checks that the files declare now are run over the rows that are there', async () => {
  const folder = await ProjectFolder.make(FILES);
  expect(await auditIn(folder)).toEqual([
    'source.sales: passed',
    'rule.small: empty',
    'transform.seen: empty',
    'transform.total: empty',
  ]);
  await folder.run(5);
  expect(await auditIn(folder)).toEqual([
    'source.sales: passed',
    'rule.small: passed',
    'transform.seen: passed',
    'transform.total: passed',
  ]);
  await folder.write({
    'seeknal/transforms/total.yml': total('[{type: row_count, min: 7}, {type: not_null, columns: [days]}]'),
    'seeknal/rules/small.yml': FILES['seeknal/rules/small.yml'].replace('100', '3'),
  });
  expect(await auditIn(folder)).toEqual([
    'source.sales: passed',
    'rule.small: failed, range 2',
    'transform.seen: passed',
    'transform.total: failed, row_count 1',
  ]);
  expect(await auditIn(folder, { select: ['small'] })).toEqual([
    'source.sales: passed',
    'rule.small: failed, range 2',
  ]);
});

test('a warning is no failure, and a check that cannot be run says why', async () => {
  const folder = await ProjectFolder.make({ ...FILES, 'data/sales.csv': csv([1, 1], [2, 1], [3, 4]) });
  await folder.run(4);
  await folder.write({ 'seeknal/transforms/total.yml': total('[{type: not_null, columns: [dasy]}]') });
  expect(await auditIn(folder, { select: ['seen', 'total'] })).toEqual([
    'source.sales: passed',
    'transform.seen: warned, unique 2',
    expect.stringMatching(/^transform\.total: error, .*dasy/),
  ]);
});
