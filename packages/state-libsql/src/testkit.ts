export { executeInFile } from './testing/execute-in-file.ts';
export { chaosProxy, type ChaosProxy, type Mishap } from './testing/chaos-proxy.ts';
export { freePort, sqldMissing, startSqld, type Sqld } from './testing/sqld.ts';
