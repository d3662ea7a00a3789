import { bounded, concat } from '../../lib/client/bounded-text';

test('a text without a bound is as long as it stands, in bytes', () => {
  expect(bounded('Host ü')).toEqual({ text: 'Host ü', maxBytes: 7 });
});

test('a text with a bound keeps it', () => {
  expect(bounded('<later>', 80)).toEqual({ text: '<later>', maxBytes: 80 });
});

test('the bound of a whole is the sum of the bounds of its pieces', () => {
  expect(concat('a ', bounded('<later>', 80), '\n')).toEqual({ text: 'a <later>\n', maxBytes: 83 });
  expect(concat()).toEqual({ text: '', maxBytes: 0 });
});
