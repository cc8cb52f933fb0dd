// Tests that choose at random: by a seed of their own, or by another (ROLLCALL_TEST_SEED=7); one that fails says which it was.
export function seeded(own, play) {
  const seed = Number(process.env.ROLLCALL_TEST_SEED ?? own);
  let state = seed % 2147483647 || 1;
  // Park and Miller's: from 0 up to 1, without 1.
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const fail = (error) => {
    error.message += `\nROLLCALL_TEST_SEED=${seed}`;
    throw error;
  };
  try {
    const played = play(random);
    return played instanceof Promise ? played.catch(fail) : played;
  } catch (error) {
    return fail(error);
  }
}
