import { createContext, useContext } from 'react';

/** The laboratory's locale, for dates and numbers. */
export const LocaleContext = createContext('en-GB');

export const useLocale = () => useContext(LocaleContext);
