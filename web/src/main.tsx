import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './style.css';
import { leaveEditorsByEscape } from './keyboard.ts';
import { Playground } from './playground.tsx';

leaveEditorsByEscape();
createRoot(document.getElementById('root')!).render(<Playground />);
