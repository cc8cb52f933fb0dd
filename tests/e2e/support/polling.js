// Engine.IO by polling, by hand: one session, its GETs and POSTs.
import http from 'node:http';
import https from 'node:https';
import { kPatienceMs, within } from './wait.js';

export function request(url, { method = 'GET', headers = {}, body, agent } = {}) {
  const answer = new Promise((resolve, reject) => {
    const { request: send } = url.startsWith('https') ? https : http;
    const outgoing = send(url, { method, headers, agent, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  return within(answer, kPatienceMs, `the answer to ${method} ${url}`);
}

export class Polling {
  static async open(server, headers = {}) {
    const polling = new Polling();
    polling.headers = headers;
    polling.url = `${server.url}/socket.io/?EIO=4&transport=polling`;
    const answer = await request(polling.url, { headers });
    if (answer.status !== 200) throw new Error(`handshake: ${answer.status} ${answer.text}`);
    polling.handshake = JSON.parse(answer.text.split('\x1e')[0].slice(1));
    polling.url += `&sid=${polling.handshake.sid}`;
    return polling;
  }

  get(options) {
    return request(this.url, { headers: this.headers, ...options });
  }

  post(body, options) {
    return request(this.url, { method: 'POST', headers: { 'Content-Type': 'text/plain;charset=UTF-8', ...this.headers }, body, ...options });
  }
}
