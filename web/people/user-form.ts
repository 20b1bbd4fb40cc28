import type { Api } from '../../contract/api.ts';
import type { CallInput, Role } from '../../contract/route.ts';
import type { Hospital } from '../api/queries.ts';
import type { AdministeredUser } from './people-queries.ts';

type NewUser = CallInput<Api['createUser']>['body'];
type UserChanges = CallInput<Api['updateUser']>['body'];

/** Chosen in the list of hospitals to describe one that is not there yet. */
export const NEW_HOSPITAL = 'new';

/** A user as the form holds them: texts, where an empty choice means "none". */
export interface UserForm {
  name: string;
  email: string;
  role: Role;
  /** An id, NEW_HOSPITAL, or empty. */
  hospital: string;
  hospitalName: string;
  hospitalLocation: string;
  /** Of whoever works in no hospital, or of a new one; empty for the administrator's own. */
  laboratoryId: string;
}

export const EMPTY_USER: UserForm = {
  name: '',
  email: '',
  role: 'UPLOADER',
  hospital: '',
  hospitalName: '',
  hospitalLocation: '',
  laboratoryId: '',
};

export function toUserForm({ name, email, role, hospital, laboratory }: AdministeredUser): UserForm {
  return {
    ...EMPTY_USER,
    name,
    email,
    role,
    hospital: hospital?.id ?? '',
    laboratoryId: hospital ? '' : (laboratory?.id ?? ''),
  };
}

/** What was asked for at registration: the hospital of that name, else a new one. */
export function toApprovalForm(user: AdministeredUser, hospitals: readonly Hospital[]): UserForm {
  const form = toUserForm(user);
  const { requested } = user;
  if (!requested) return form;
  const wanted = requested.hospital.trim().toLowerCase();
  const known = hospitals.find(({ name }) => name.toLowerCase() === wanted);
  if (known) return { ...form, hospital: known.id };
  return {
    ...form,
    hospital: NEW_HOSPITAL,
    hospitalName: requested.hospital,
    hospitalLocation: requested.location,
  };
}

export function workplaceOf(form: UserForm): Pick<NewUser, 'hospital' | 'laboratoryId'> {
  const laboratoryId = form.laboratoryId || undefined;
  if (form.hospital === '') return { hospital: null, laboratoryId };
  if (form.hospital !== NEW_HOSPITAL) return { hospital: { id: form.hospital } };
  return { hospital: { name: form.hospitalName, location: form.hospitalLocation }, laboratoryId };
}

/** Only what differs: more than the name signs the user out. */
export function changesOf(user: AdministeredUser, form: UserForm): UserChanges {
  const before = toUserForm(user);
  const isMoved = form.hospital !== before.hospital || form.laboratoryId !== before.laboratoryId;
  return {
    ...(form.name === before.name ? {} : { name: form.name }),
    ...(form.role === before.role ? {} : { role: form.role }),
    ...(isMoved ? workplaceOf(form) : {}),
  };
}
