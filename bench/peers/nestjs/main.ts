import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { kHost, readOptions, ready } from '../process.js';
import { MessagesGateway } from './messages.gateway.js';

@Module({ providers: [MessagesGateway] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(readOptions().port, kHost);
ready(app.getHttpServer().address().port);
