import type { NodeId } from '@seeknal/manifest';

import type { Session } from './session.ts';
import { quotePath, quoteText } from './sql-text.ts';
import { dropEmptySchemas, noteSwitch, recordedViews } from './views.ts';
import { retryConflicts, type Warehouse } from './warehouse.ts';

/** Drops an environment's views and schemas and what is recorded of it; see the contract. */
export async function removeViews(
  session: Session,
  warehouse: Warehouse,
  environment: string,
): Promise<{ readonly removed: readonly NodeId[] }> {
  const { own } = warehouse.layout;
  return retryConflicts(() =>
    session.transaction(async () => {
      const views = await recordedViews(session, warehouse, environment);
      for (const { schema, name } of views) session.queue(`DROP VIEW IF EXISTS ${quotePath(schema, name)}`);
      for (const table of ['views', 'environments']) {
        await session.run(`DELETE FROM ${own(table)} WHERE env = ${quoteText(environment)}`);
      }
      await noteSwitch(session, warehouse.layout, environment, undefined);
      await dropEmptySchemas(session, warehouse, views, []);
      return { removed: views.map(({ node }) => node).toSorted() };
    }),
  );
}
