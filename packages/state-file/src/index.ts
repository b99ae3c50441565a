export { FileBackend, FileStateBackend, openStateFile, type FileBackendOptions } from './file-backend.ts';
export { readPythonState, type PythonState } from './python-state.ts';
export { unchangedPythonNodes, type PythonNode } from './python-project.ts';
export { readPythonIntervals, readPythonTime, pythonTime } from './python-time.ts';
export { exportRunState, type RunStateExport } from './run-state-export.ts';
export { restoreStateFile } from './restore.ts';
export { fileStateStore } from './state-store.ts';
