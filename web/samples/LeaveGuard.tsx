import { useEffect, useState } from 'react';
import { useBlocker } from 'react-router';
import type { Autosave } from '../annotation/autosave.ts';
import { LeaveDialog } from '../ui/LeaveDialog.tsx';

interface LeaveGuardProps {
  autosave: Autosave | null;
  /** The diagnosis form holds entries that were not saved. */
  diagnosisUnsaved: boolean;
}

/** Saves before leaving, and asks only when something would be lost. */
export function LeaveGuard({ autosave, diagnosisUnsaved }: LeaveGuardProps) {
  const [asking, setAsking] = useState(false);
  const blocker = useBlocker(({ nextLocation }) => {
    const cellsUnsaved = autosave !== null && autosave.getState().kind !== 'saved';
    const stays = nextLocation.pathname.startsWith('/samples/');
    return cellsUnsaved || (diagnosisUnsaved && !stays);
  });
  useEffect(() => {
    if (blocker.state !== 'blocked') return;
    let current = true;
    const saved = autosave ? autosave.flush() : Promise.resolve(true);
    void saved.then((allSaved) => {
      if (!current) return;
      const loses = !allSaved || (diagnosisUnsaved && !blocker.location.pathname.startsWith('/samples/'));
      if (loses) setAsking(true);
      else blocker.proceed();
    });
    return () => {
      current = false;
    };
  }, [blocker, autosave, diagnosisUnsaved]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (diagnosisUnsaved || (autosave && autosave.getState().kind !== 'saved')) event.preventDefault();
    };
    const saveWhenHidden = () => {
      if (document.visibilityState === 'hidden') void autosave?.flush();
    };
    window.addEventListener('beforeunload', warn);
    document.addEventListener('visibilitychange', saveWhenHidden);
    return () => {
      window.removeEventListener('beforeunload', warn);
      document.removeEventListener('visibilitychange', saveWhenHidden);
    };
  }, [autosave, diagnosisUnsaved]);

  const stay = () => {
    setAsking(false);
    blocker.reset?.();
  };
  const leave = () => {
    setAsking(false);
    blocker.proceed?.();
  };
  return (
    <LeaveDialog open={asking} onLeave={leave} onStay={stay}>
      {diagnosisUnsaved
        ? 'Your entries in the diagnosis are not saved.'
        : 'Some of your changes to cells could not be saved. They are lost if you leave now.'}
    </LeaveDialog>
  );
}
