// Who webhooks are sent to: a server on loopback that keeps what it has accepted. `answers` is asked for the status of each
// request: a number, or a promise of one.
import http from 'node:http';
import https from 'node:https';
import { once } from 'node:events';
import { Inbox, within } from './wait.js';

export class Receiver {
  inbox = new Inbox(); // events accepted, in order, each once
  requests = []; // all there were: {id, signature, body, path, status}
  #ids = new Set();
  #watching = new Set();

  static async open({ answers = () => 204, port = 0, tls } = {}) {
    const receiver = new Receiver();
    receiver.answers = answers;
    receiver.scheme = tls ? 'https' : 'http';
    const take = (request, response) => receiver.#take(request, response);
    receiver.server = tls ? https.createServer(tls, take) : http.createServer(take);
    receiver.server.listen(port, '127.0.0.1');
    await once(receiver.server, 'listening');
    receiver.port = receiver.server.address().port;
    return receiver;
  }

  get url() {
    return `${this.scheme}://127.0.0.1:${this.port}/hook?key=hush`;
  }

  async #take(request, response) {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
    await once(request, 'end');
    const entry = { id: request.headers['rollcall-delivery'], signature: request.headers['rollcall-signature'], type: request.headers['content-type'], path: request.url, body };
    this.requests.push(entry);
    for (const look of [...this.#watching]) look();
    entry.status = await this.answers(entry, this.requests.length);
    if (entry.status < 300 && !this.#ids.has(entry.id)) {
      this.#ids.add(entry.id);
      for (const event of JSON.parse(body).events) this.inbox.put(event);
    }
    response.writeHead(entry.status).end();
  }

  take(type, userId) {
    return this.inbox.take((event) => event.type === type && (!userId || event.userId === userId), `${type} ${userId ?? ''}`);
  }

  async requested(count) {
    const enough = new Promise((resolve) => {
      const look = () => this.requests.length >= count && resolve(this.#watching.delete(look));
      this.#watching.add(look);
      look();
    });
    await within(enough, 10000, () => `${count} requests; there were ${this.requests.length}`);
    return this.requests;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
