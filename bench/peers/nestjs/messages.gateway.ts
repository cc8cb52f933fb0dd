import {
  Ack,
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { Authenticator, kNamespace, now, Presence } from '../presence.js';
import { readOptions } from '../process.js';

type Acknowledge = ((answer: unknown) => void) | undefined;

@WebSocketGateway({ namespace: kNamespace, serveClient: false, cors: { origin: '*' } })
export class MessagesGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer() server!: Namespace;

  private readonly options = readOptions();
  private readonly authenticator = new Authenticator(this.options.secret);
  private readonly presence = new Presence(this.options, (payload) => this.server.emit('user-offline', payload));

  afterInit(server: Namespace) {
    server.use((socket, next) => {
      try {
        socket.data.claims = this.authenticator.claims(socket.handshake);
        next();
      } catch (error) {
        next(error as Error);
      }
    });
  }

  handleConnection(socket: Socket) {
    const { claims } = socket.data;
    socket.conn.request = null;
    socket.join(claims.sub);
    const change = this.presence.connect(claims);
    socket.emit('connected', { userId: claims.sub, socketId: socket.id, timestamp: now(), recovered: false });
    if (change) socket.broadcast.emit('user-online', change);
  }

  handleDisconnect(socket: Socket, reason?: string) {
    this.presence.disconnect(socket.data.claims.sub, reason === 'client namespace disconnect');
  }

  @SubscribeMessage('check-user-status')
  checkUserStatus(@ConnectedSocket() socket: Socket, @MessageBody() payload: unknown, @Ack() acknowledge: Acknowledge) {
    return this.answer('check-user-status', socket, payload, acknowledge);
  }

  @SubscribeMessage('check-users-status')
  checkUsersStatus(@ConnectedSocket() socket: Socket, @MessageBody() payload: unknown, @Ack() acknowledge: Acknowledge) {
    return this.answer('check-users-status', socket, payload, acknowledge);
  }

  @SubscribeMessage('get-online-users')
  getOnlineUsers(@ConnectedSocket() socket: Socket, @MessageBody() payload: unknown, @Ack() acknowledge: Acknowledge) {
    return this.answer('get-online-users', socket, payload, acknowledge);
  }

  @SubscribeMessage('heartbeat')
  heartbeat(@ConnectedSocket() socket: Socket, @MessageBody() payload: unknown, @Ack() acknowledge: Acknowledge) {
    return this.answer('heartbeat', socket, payload, acknowledge);
  }

  // What is returned is emitted to the socket; an acknowledgement is given here, for NestJS would emit whatever has an `event`.
  private answer(event: string, socket: Socket, payload: unknown, acknowledge: Acknowledge) {
    const answer = this.presence.answer(socket.data.claims.sub, event, payload);
    if (typeof acknowledge === 'function') return void acknowledge(answer);
    return answer.status === 'ok' ? { event: answer.event, data: answer.data } : { event: 'exception', data: answer };
  }
}
