import { join } from 'node:path';

import { describeEngine } from '@seeknal/engine/testkit';

import { openDuckDb } from './index.ts';

describeEngine('engine-duckdb', (folder) => openDuckDb({ path: join(folder, 'shop.duckdb') }));
