// packaging/nginx/rollcall.conf, run by nginx.
import { suite } from './support/suite.js';
import { startNginx } from './support/proxy.js';

await suite(startNginx, { strangers: [['return 404;', 'return 410;'], ({ status }) => status === 410] });
