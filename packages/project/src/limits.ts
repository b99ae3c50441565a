/** Largest file of a project that is read, in bytes. */
export const LARGEST_FILE = 1_000_000;
/** Deepest nesting of YAML that is read: flow and block levels together. */
export const DEEPEST_YAML = 64;
