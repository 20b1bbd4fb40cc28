import type { Role } from '../../contract/route.ts';

export const ROLE_NAMES: Record<Role, string> = {
  ADMIN: 'Administrator',
  UPLOADER: 'Pulmonologist',
  ANNOTATOR: 'Pathologist',
};
