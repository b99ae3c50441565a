/**
 * The command that installs a package beside this one, however this one was installed.
 *
 * @param here The path of a file of this package.
 * @param hasManifest Whether a folder holds a package.json: one that npm installs globals into has none.
 */
export function installCommand(name: string, here: string, hasManifest: (folder: string) => boolean): string {
  const [root = ''] = here.split(/[\\/]node_modules[\\/]/);
  // What npx fetched for one command is not installed into: npx is told to fetch both.
  if (/[\\/]_npx[\\/]/.test(root)) return `npx --package @seeknal/cli --package ${name} seeknal`;
  const isGlobal = root !== here && !hasManifest(root);
  return isGlobal ? `npm install --global ${name}` : `npm install ${name}`;
}
