import type { Role } from '../../contract/route.ts';

export interface Destination {
  to: string;
  label: string;
}

/** What the top bar offers to a role; the first is where that role starts. */
export function destinationsOf(role: Role): Destination[] {
  const patients = { to: '/patients', label: 'Patients' };
  switch (role) {
    case 'UPLOADER':
      return [{ to: '/', label: 'Your uploads' }, patients];
    case 'ANNOTATOR':
      return [{ to: '/', label: 'Work list' }, patients];
    case 'ADMIN':
      return [
        { to: '/admin/modelprocessing/', label: 'Processing' },
        { to: '/people', label: 'People' },
        { to: '/admin/records', label: 'Records' },
        { to: '/admin/activity', label: 'Activity' },
        { to: '/admin/settings', label: 'Settings' },
        { to: '/work-list', label: 'Work list' },
        patients,
      ];
  }
}
