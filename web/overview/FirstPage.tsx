import { Navigate } from 'react-router';
import { useUser } from '../api/services.ts';
import UploadsPage from './UploadsPage.tsx';
import WorkListPage from './WorkListPage.tsx';

/** Each role starts with its own work. */
export default function FirstPage() {
  const { role } = useUser();
  switch (role) {
    case 'UPLOADER':
      return <UploadsPage />;
    case 'ANNOTATOR':
      return <WorkListPage />;
    case 'ADMIN':
      return <Navigate to="/system" replace />;
  }
}
