import type { PromotedNode, Promotion } from '@seeknal/sdk';

import { count } from './numbers.ts';
import { signOf } from './plan-text.ts';
import type { Style } from './style.ts';

const WORDS = {
  add: 'is shown from now on',
  change: 'stands for other rows',
  metadata: 'only its description, owner, tags or audits',
  rename: 'the same rows',
  remove: 'is no longer shown',
} as const;

const SIGNS = {
  add: 'add',
  change: 'change',
  metadata: 'change',
  rename: 'change',
  remove: 'remove',
} as const;

/** The names that change, a line each, and how many of which. */
export function changeLines(
  { changes, gaps, moved }: Pick<Promotion, 'changes'> & Partial<Promotion>,
  style: Style,
): readonly string[] {
  const of = (...actions: PromotedNode['action'][]): number =>
    changes.filter(({ action }) => actions.includes(action)).length;
  const { color, mark } = style;
  const warn = (text: string): string => `  ${color.yellow(mark.warning)} ${text}`;
  return [
    ...changes.map(({ node, action, renamedFrom }) => {
      const former = renamedFrom === undefined ? '' : `renamed from ${renamedFrom}: `;
      return `  ${signOf(SIGNS[action], style)} ${node}  ${former}${WORDS[action]}`;
    }),
    ...(changes.length === 0 ? ['  nothing changes'] : []),
    ...(gaps ?? []).map((gap) => warn(`rows are missing: ${gap}`)),
    ...(moved === null
      ? [warn('the target moved since')]
      : (moved ?? []).map((node) => warn(`${node} moved in the target since`))),
    '',
    `${color.bold('Promotion:')} ${of('add')} to add, ${of('change', 'metadata', 'rename')} to change, ${of('remove')} to remove. ${count(0, 'task')}.`,
  ];
}
