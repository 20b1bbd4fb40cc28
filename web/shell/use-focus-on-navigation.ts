import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

/**
 * Moves the focus to the new page's heading, as a page load would move it, so that keyboard and screen reader start
 * there. A page that takes the focus itself keeps it.
 */
export function useFocusOnNavigation(): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    window.scrollTo(0, 0);
    const page = document.getElementById('page');
    if (page?.contains(document.activeElement) && document.activeElement !== page) return;
    const heading = page?.querySelector<HTMLElement>('[data-page-heading]');
    (heading ?? page)?.focus({ preventScroll: true });
  }, [pathname]);
}
