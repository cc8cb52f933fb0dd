import { computed, effect, signal, untracked, type Injector, type Signal } from '@angular/core';
import type { Store } from '@rollcall/client';

/**
 * A signal of the value in the store that `choose` returns; `choose` may return another store as signals change. It stays
 * subscribed until the injector's owner is destroyed.
 */
export function follow<T>(choose: () => Store<T>, injector: Injector, outsideZone: (run: () => void) => void): Signal<T> {
  const store = computed(choose);
  const changes = signal(0);
  const changed = (): void => changes.update((count) => count + 1);
  // The chosen store is read at once, although it is subscribed to only when effects run.
  const value = computed(
    () => {
      changes();
      return { is: store().get() };
    },
    { equal: (a, b) => a.is === b.is },
  );
  effect(
    (onCleanup) => {
      const chosen = store();
      untracked(() =>
        outsideZone(() => {
          onCleanup(chosen.subscribe(changed));
          changed();
        }),
      );
    },
    { injector },
  );
  return computed(() => value().is);
}
