import { expect, test } from 'vitest';
import type { Hospital } from '../api/queries.ts';
import type { AdministeredUser } from './people-queries.ts';
import { changesOf, EMPTY_USER, NEW_HOSPITAL, toApprovalForm, toUserForm, workplaceOf } from './user-form.ts';

const user = {
  name: 'Noa',
  email: 'noa@example.org',
  role: 'UPLOADER',
  hospital: { id: 'h1', name: 'Lakeside' },
  laboratory: { id: 'l1', name: 'Main' },
  requested: null,
} as AdministeredUser;
const hospitals = [{ id: 'h1', name: 'Lakeside' }] as Hospital[];

test('an untouched form changes nothing, a name only the name', () => {
  const form = toUserForm(user);
  expect(changesOf(user, form)).toEqual({});
  expect(changesOf(user, { ...form, name: 'Noah' })).toEqual({ name: 'Noah' });
});

test('another workplace goes whole: a hospital there is, a new one, or a laboratory alone', () => {
  const form = toUserForm(user);
  expect(changesOf(user, { ...form, hospital: 'h2' })).toEqual({ hospital: { id: 'h2' } });
  expect(changesOf(user, { ...form, hospital: '', laboratoryId: 'l2', role: 'ANNOTATOR' })).toEqual({
    role: 'ANNOTATOR',
    hospital: null,
    laboratoryId: 'l2',
  });
  const described = { ...EMPTY_USER, hospital: NEW_HOSPITAL, hospitalName: 'New', hospitalLocation: 'There' };
  expect(workplaceOf(described)).toEqual({ hospital: { name: 'New', location: 'There' } });
});

test('an approval begins with what was asked for, the hospital of that name where there is one', () => {
  const asked = (hospital: string) =>
    toApprovalForm(
      { ...user, hospital: null, laboratory: null, requested: { hospital, location: 'Lakes' } },
      hospitals,
    );
  expect(asked('  LAKESIDE ')).toMatchObject({ hospital: 'h1', hospitalName: '' });
  expect(asked('Hilltop')).toMatchObject({
    hospital: NEW_HOSPITAL,
    hospitalName: 'Hilltop',
    hospitalLocation: 'Lakes',
  });
});
