/** What a program does that runs a project: the folder and the clock are its arguments. */
import { openProject } from '@seeknal/sdk';

const [, , folder, now] = process.argv;
const project = await openProject(folder, { now: Number(now) });
console.log((await project.run()).status);
await project.close();
