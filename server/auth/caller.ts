import type { Role } from '../../contract/route.ts';

/** Who makes a request, as the database knew them when it began. */
export interface Caller {
  id: string;
  name: string;
  role: Role;
  hospitalId: string | null;
  laboratoryId: string | null;
  canSign: boolean;
  sessionId: string;
  /** Patients that an emergency lets them see in this request, which only reads, by id; and until when. */
  emergencies: Readonly<Record<string, string>>;
  /** Where the request came from, for the activity log. */
  address: string;
  requestId: string;
}
