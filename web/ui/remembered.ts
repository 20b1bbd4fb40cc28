import { createContext, useContext, useState } from 'react';

/**
 * What pages remember while one is elsewhere. It lives in memory only: search words may be patients' names, which
 * belong neither in the address nor in the browser's storage.
 */
export const RememberedContext = createContext<Map<string, string>>(new Map());

export function useRemembered(name: string): [string, (value: string) => void] {
  const memory = useContext(RememberedContext);
  const [value, setValue] = useState(memory.get(name) ?? '');
  return [
    value,
    (next) => {
      memory.set(name, next);
      setValue(next);
    },
  ];
}
