import { rollcall } from '@rollcall/vue';
import { createApp } from 'vue';
import App from './App.vue';
import Enter from './Enter.vue';
import { enter, givenToken } from './session.js';
import './style.css';

const start = (token) => createApp(App).use(rollcall, enter(token)).mount('#app');

if (givenToken) {
  start(givenToken);
} else {
  const login = createApp(Enter, {
    onToken(token) {
      login.unmount();
      start(token);
    },
  });
  login.mount('#app');
}
