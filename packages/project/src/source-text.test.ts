import { expect, test } from '@jest/globals';
import { assert, property, string } from 'fast-check';

import { frameAt, placeAt, sourceText } from './source-text.ts';

test('places count lines and columns from 1, whatever ends a line', () => {
  assert(
    property(string({ unit: 'binary-ascii' }), (text) => {
      const source = sourceText('f', text);
      let [line, column] = [1, 1];
      for (let offset = 0; offset <= text.length; offset += 1) {
        expect(placeAt(source, offset)).toEqual({ file: 'f', line, column });
        const ends = text[offset] === '\n' || (text[offset] === '\r' && text[offset + 1] !== '\n');
        [line, column] = ends ? [line + 1, 1] : [line, column + 1];
      }
    }),
  );
});

test('a long line is cut around the column', () => {
  const frame = frameAt(sourceText('f', `${'a'.repeat(500)}HERE${'b'.repeat(500)}`), {
    file: 'f',
    line: 1,
    column: 501,
  });
  const [shown = '', caret = ''] = frame.split('\n');
  expect(shown.length).toBeLessThan(180);
  expect(shown.slice(caret.indexOf('^'), caret.indexOf('^') + 4)).toBe('HERE');
});

test('a place outside the text has no frame', () => {
  expect(frameAt(sourceText('f', ''), { file: 'f', line: 1, column: 1 })).toBe('');
  expect(frameAt(sourceText('f', 'a'), { file: 'f', line: 2, column: 1 })).toBe('');
});
