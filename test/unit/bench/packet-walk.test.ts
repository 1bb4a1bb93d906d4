import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PacketWalk } from '../../bench/packet-walk.ts';

const packet = (sequence: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
};

it('sees every packet once, however the bytes are cut', () => {
  const packets = fc.array(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 40 })), { maxLength: 20 });
  fc.assert(
    fc.property(packets, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(([sequence, body]) => packet(sequence, body)));
      const seen: number[][] = [];
      const walk = new PacketWalk((...facts) => seen.push(facts));
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const cut = cuts[i % cuts.length] ?? 1;
        walk.take(bytes.subarray(at, at + cut));
        at += cut;
      }
      expect(seen).toStrictEqual(sent.map(([sequence, body]) => [sequence, body.length, body[0] ?? 0]));
    }),
  );
});
