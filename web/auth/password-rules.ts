export interface PasswordRule {
  text: string;
  isMet: boolean;
}

const LONGEST_BYTES = 72;

/** The rules of the contract's `Password`, one by one, for showing them while somebody types. */
export function passwordRules(password: string): PasswordRule[] {
  return [
    { text: 'At least 8 characters', isMet: password.length >= 8 },
    { text: 'At most 64 characters', isMet: password.length <= 64 && byteLength(password) <= LONGEST_BYTES },
  ];
}

const byteLength = (text: string) => new TextEncoder().encode(text).length;
