import { Navigate } from 'react-router';
import { useUser } from '../api/services.ts';
import UploadsPage from './UploadsPage.tsx';
import WorklistPage from './WorklistPage.tsx';

/** Each role starts with its own work. */
export default function FirstPage() {
  const { role } = useUser();
  switch (role) {
    case 'UPLOADER':
      return <UploadsPage />;
    case 'ANNOTATOR':
      return <WorklistPage />;
    case 'ADMIN':
      return <Navigate to="/admin/modelprocessing/" replace />;
  }
}
