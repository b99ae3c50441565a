export { describeEngine } from './testkit/describe-engine.ts';
export { build, day, days, shown, valuesText, type EngineTest, type WithEngine } from './testkit/task.ts';
