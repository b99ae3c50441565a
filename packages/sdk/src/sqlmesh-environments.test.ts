import { afterEach, expect } from '@jest/globals';

import { ProjectFolder, removeProjectFolders } from './testing/project-folder.ts';
import { agreesOn, casesOf, categoryOf, print, type Answer } from './testing/sqlmesh-cases.ts';
import { nodeOf, projectOf, spokenModel, type Models } from './testing/sqlmesh-models.ts';
import { NOW, run, withCases } from './testing/sqlmesh-project.ts';

afterEach(removeProjectFolders);

withCases(
  'two parents changed in environments of their own, one of them in prod already',
  async () => {
    const answers: [string, readonly Answer[]][] = [];
    for (const { id, inputs, expected } of casesOf('categorize.rebase')) {
      // `deployed_to_prod_first(parent A)`: BREAKING.
      const parents = Object.entries(inputs).flatMap(([key, change]) => {
        const [, order, name] = /_(first|second)\(parent (\w+)\)$/u.exec(key) ?? [];
        return name === undefined ? [] : [{ order, name, change: String(change) }];
      });
      const names = parents.toSorted((a, b) => (a.order! < b.order! ? -1 : 1)).map(({ name }) => name);
      const child = { child: spokenModel(names) };
      const graph = { child: names };
      const models = (changed: readonly string[]): Models => ({
        ...Object.fromEntries(
          parents.map(({ name, change }) => [name, spokenModel([], changed.includes(name) ? change : '')]),
        ),
        ...child,
      });
      const folder = await ProjectFolder.make({});
      const apply = async (changed: readonly string[], environment: string): Promise<void> => {
        await folder.write(projectOf(models(changed), graph));
        await run(folder, environment);
      };
      await apply([], 'prod');
      for (const name of names) await apply([name], `dev_${name}`);
      await apply(names.slice(0, 1), 'prod');
      await folder.write(projectOf(models(names), graph));
      const plan = await folder.using(NOW, (project) => project.plan());
      const line = plan.nodes.find(({ node }) => node === nodeOf('child'));
      const ours = categoryOf(line);
      const theirs = Object.values(expected)[0] as string;
      const reason = agreesOn(theirs, ours) ? null : (line?.reason ?? 'there is no such node');
      answers.push([id, [{ what: 'child', theirs, ours, reason }]]);

      await run(folder, 'prod');
      const fresh = await ProjectFolder.make(projectOf(models(names), graph));
      await run(fresh, 'prod');
      const sql = `SELECT * FROM ${nodeOf('child')} ORDER BY ALL`;
      expect(await folder.rows(sql)).toEqual(await fresh.rows(sql));
    }
    print('categorize.rebase', answers);
  },
  300_000,
);

withCases(
  'two plans for one environment, applied one after the other',
  async () => {
    const answers: [string, readonly Answer[]][] = [];
    for (const { id, inputs, expected } of casesOf('promote.finalize')) {
      const folder = await ProjectFolder.make(projectOf({ a: spokenModel([]) }, {}));
      await run(folder, 'prod');
      await folder.write(projectOf({ a: spokenModel([], 'projection') }, {}));
      const mine = await folder.using(NOW, (project) => project.plan({ environment: 'dev' }));
      if (inputs['env_plan_id_in_state'] !== inputs['finalize_with_plan_id']) {
        await folder.write(projectOf({ a: spokenModel([], 'BREAKING') }, {}));
        const theirs = await folder.using(NOW, (project) => project.plan({ environment: 'dev' }));
        await folder.using(NOW, (project) => project.apply(theirs));
        await folder.write(projectOf({ a: spokenModel([], 'projection') }, {}));
      }
      const ours = await folder
        .using(NOW, (project) => project.apply(mine))
        .then(
          ({ status }) => status,
          ({ code, message }: { readonly code: string; readonly message: string }) =>
            `ERROR ${code}: ${message}`,
        );
      const isRefused = ours.startsWith('ERROR PLAN_STALE');
      expect(isRefused || ours === 'success').toBe(true);
      const agrees = isRefused === String(expected).startsWith('ERROR');
      answers.push([
        id,
        [{ what: 'the plan of before', theirs: expected, ours, reason: agrees ? null : 'it was applied' }],
      ]);
    }
    print('promote.finalize', answers);
  },
  300_000,
);
