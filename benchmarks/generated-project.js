import { daily, sourceYaml, transformYaml, writeProject } from './project-folder.js';

/** Noon after the last of the ten years that the daily nodes have. */
export const NOW = Date.UTC(2024, 0, 1, 12);
export const START = '2014-01-01';

/**
 * Writes a project of `count` nodes in groups of ten: a CSV source, five daily incremental transforms (two of
 * them on top of another), two full ones and two views.
 *
 * @param {string} folder
 * @param {number} count
 */
export async function writeGeneratedProject(folder, count) {
  /** @type {Record<string, string>} */
  const files = {};
  for (let group = 0; group < count / 10; group += 1) {
    const id = String(group).padStart(4, '0');
    files[`data/sales_${id}.csv`] = 'day,shop,amount\n2014-06-01,1,10\n2019-03-04,2,20\n2023-12-30,1,30\n';
    const source = sourceYaml({
      name: `sales_${id}`,
      format: 'csv',
      path: `data/sales_${id}.csv`,
      timeColumn: 'day',
    });
    files[`seeknal/sources/sales_${id}.yml`] = source;
    for (const [name, node] of transforms(id)) {
      files[`seeknal/transforms/${name}_${id}.yml`] = transformYaml({ name: `${name}_${id}`, ...node });
    }
  }
  await writeProject(folder, files);
}

/** @param {string} id */
function transforms(id) {
  const byDay = (input, amount) => ({
    inputs: [input],
    sql: `SELECT day, shop, ${amount} AS amount
FROM input_0
WHERE day >= '{{ start }}' AND day < '{{ end }}'
GROUP BY day, shop`,
    // Ten years in one task: what is measured here is a run with nothing to do, not this one.
    more: [...daily(START), 'batch_size: 5000'],
  });
  const whole = (input, sql, more = []) => ({ inputs: [input], sql, more });
  return Object.entries({
    total: byDay(`source.sales_${id}`, 'sum(amount)'),
    largest: byDay(`source.sales_${id}`, 'max(amount)'),
    smallest: byDay(`source.sales_${id}`, 'min(amount)'),
    double: byDay(`transform.total_${id}`, '2 * sum(amount)'),
    half: byDay(`transform.total_${id}`, 'sum(amount) / 2'),
    by_shop: whole(`transform.total_${id}`, 'SELECT shop, sum(amount) AS amount FROM input_0 GROUP BY shop'),
    by_month: whole(
      `transform.double_${id}`,
      "SELECT date_trunc('month', day) AS month, sum(amount) AS amount FROM input_0 GROUP BY month",
    ),
    first_shop: whole(`transform.total_${id}`, 'SELECT * FROM input_0 WHERE shop = 1', ['mode: view']),
    best: whole(`transform.by_shop_${id}`, 'SELECT max(amount) AS amount FROM input_0', ['mode: view']),
  });
}
