export { findReuse } from './reuse/find-reuse.ts';
