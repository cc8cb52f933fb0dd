// One attacker's flood, until it is killed: node bench/attack/attacker.js PORT NAME
import { flood, kFloods } from '../../tests/e2e/support/floods.js';

const [port, name] = process.argv.slice(2);
flood(Number(port), { ...kFloods[name], again: true });
