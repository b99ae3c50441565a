import { PRODUCTION } from '@seeknal/environments';
import type { NodeId } from '@seeknal/manifest';
import type { StateView } from '@seeknal/plan';
import type { Project as LoadedProject } from '@seeknal/project';

import type { Surroundings } from './execution.ts';
import { pythonRows, rowsSql } from './python-rows.ts';
import type { RunReport } from './report.ts';
import type { RunOptions } from './run-project.ts';
import { NO_WAREHOUSE, type Session } from './session.ts';
import { situationOf, type Situation } from './situation.ts';

/**
 * Fills a warehouse in which nothing ran yet with what the Python seeknal left: nodes that have not changed
 * get their rows from its files, through the tasks of an ordinary run. What fails is built by the run that
 * follows.
 *
 * @param execute Runs the tasks of a situation.
 */
export async function takeOver(
  loaded: LoadedProject,
  around: Surroundings,
  session: Session,
  options: RunOptions,
  execute: (around: Surroundings, situation: Situation, options: RunOptions) => Promise<RunReport>,
): Promise<void> {
  const { environment = PRODUCTION, full = false, signal, maxWorkers } = options;
  if (environment !== PRODUCTION || full) return;
  const { usable } = await pythonRows(loaded);
  if (usable.size === 0) return;
  // Asked before the warehouse is opened: most runs have something in prod, and nothing to do.
  const known = await session.warehouse();
  if (known !== NO_WAREHOUSE && !isUntouched(await (await session.state(known)).read())) return;
  const state = await session.state((await session.engine()).warehouseId);
  if (!isUntouched(await state.read())) return;
  const situation = await situationOf(loaded, session, around.now, { select: [...usable.keys()] });
  const instead = (node: NodeId): string | null => {
    const rows = usable.get(node) ?? null;
    return rows === null ? null : rowsSql(rows);
  };
  const { job } = await execute({ ...around, instead }, situation, {
    ...(signal !== undefined && { signal }),
    ...(maxWorkers !== undefined && { maxWorkers }),
  });
  const nodes = [...new Set(job?.done.map(({ node }) => node))];
  if (nodes.length > 0) options.onEvent?.({ type: 'taken_over', nodes });
}

/** Whether nothing was ever shown in prod. */
const isUntouched = ({ environments }: StateView): boolean => !(PRODUCTION in environments);
