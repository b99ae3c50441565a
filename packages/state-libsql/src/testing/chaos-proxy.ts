import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What befalls a request: its connection ends before it gets there, or before its answer comes back; it is late; it is swallowed. */
export type Mishap = 'reset before' | 'drop the answer' | 'delay' | 'black hole';

export interface ChaosProxy {
  readonly url: string;
  /** What befalls one request in so many; null: nothing. */
  mishap: { readonly kind: Mishap; readonly oneIn: number } | null;
  /** Requests so far, and those that something befell. */
  readonly counts: { requests: number; mishaps: number; bytesUp: number; bytesDown: number };
  close(): Promise<void>;
}

/** Late, but not later than everybody gives up. */
const DELAY_MS = 120;

/** Stands between a client and a server on this machine, and breaks what passes. */
export async function chaosProxy(port: number): Promise<ChaosProxy> {
  const sockets = new Set<Socket>();
  const counts = { requests: 0, mishaps: 0, bytesUp: 0, bytesDown: 0 };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let isAnswerDropped = false;
    client.on('data', (chunk) => {
      counts.bytesUp += chunk.length;
      // Every request begins with its method; what follows of it goes the same way.
      const isRequest = chunk.subarray(0, 5).toString() === 'POST ';
      if (isRequest) counts.requests += 1;
      const { mishap } = proxy;
      if (!isRequest || mishap === null || Math.random() * mishap.oneIn >= 1) {
        upstream.write(chunk);
        return;
      }
      counts.mishaps += 1;
      switch (mishap.kind) {
        case 'reset before':
          client.destroy();
          return;
        case 'drop the answer':
          isAnswerDropped = true;
          upstream.write(chunk);
          return;
        case 'delay':
          client.pause();
          setTimeout(() => {
            upstream.write(chunk);
            client.resume();
          }, DELAY_MS);
          return;
        case 'black hole':
          client.pause();
      }
    });
    upstream.on('data', (chunk) => {
      if (isAnswerDropped) {
        client.destroy();
        return;
      }
      counts.bytesDown += chunk.length;
      client.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: ChaosProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mishap: null,
    counts,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  return proxy;
}
