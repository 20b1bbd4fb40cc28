import type { ComponentType } from 'react';
import type { RouteObject } from 'react-router';
import { SignedInArea } from './auth/SignedInArea.tsx';
import { CrashPage } from './shell/CrashPage.tsx';
import { NotFoundPage } from './shell/NotFoundPage.tsx';

const page = (load: () => Promise<{ default: ComponentType }>) => async () => ({
  Component: (await load()).default,
});

export const routes: RouteObject[] = [
  {
    ErrorBoundary: CrashPage,
    HydrateFallback: () => null,
    children: [
      { path: '/sign-in', lazy: page(() => import('./auth/SignInPage.tsx')) },
      { path: '/register', lazy: page(() => import('./auth/RegisterPage.tsx')) },
      { path: '/reset-password', lazy: page(() => import('./auth/ResetPasswordPage.tsx')) },
      {
        Component: SignedInArea,
        children: [
          {
            ErrorBoundary: CrashPage,
            children: [
              { path: '/', lazy: page(() => import('./overview/FirstPage.tsx')) },
              { path: '/work-list', lazy: page(() => import('./overview/WorklistPage.tsx')) },
              {
                path: '/admin/modelprocessing',
                lazy: page(() => import('./overview/ProcessingPage.tsx')),
              },
              { path: '/account', lazy: page(() => import('./auth/AccountPage.tsx')) },
              { path: '/admin/activity', lazy: page(() => import('./activity/ActivityPage.tsx')) },
              { path: '/admin/records', lazy: page(() => import('./records/RecordsPage.tsx')) },
              { path: '/admin/settings', lazy: page(() => import('./settings/SettingsPage.tsx')) },
              { path: '/people', lazy: page(() => import('./people/PeoplePage.tsx')) },
              { path: '/patients', lazy: page(() => import('./patients/PatientsPage.tsx')) },
              { path: '/patients/:patientId', lazy: page(() => import('./patients/PatientPage.tsx')) },
              {
                path: '/patients/:patientId/lavages/:lavageId/agreement',
                lazy: page(() => import('./agreement/AgreementPage.tsx')),
              },
              { path: '/samples/:jobId', lazy: page(() => import('./samples/SamplePage.tsx')) },
              { path: '*', Component: NotFoundPage },
            ],
          },
        ],
      },
    ],
  },
];
