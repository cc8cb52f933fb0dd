export interface Carer {
  userId: string;
  name: string;
  role: string;
}

// A real application gets these from its own backend. `rollcall serve --dev` prints tokens for user-1 and user-2.
export const team: Carer[] = [
  { userId: 'user-1', name: 'Ada Moreau', role: 'Night nurse' },
  { userId: 'user-2', name: 'Bruno Keller', role: 'Physiotherapist' },
  { userId: 'user-3', name: 'Chiara Rossi', role: 'Carer' },
  { userId: 'user-4', name: 'Dmitri Volkov', role: 'Carer' },
  { userId: 'user-5', name: 'Esi Owusu', role: 'Speech therapist' },
  { userId: 'user-6', name: 'Finn Andersen-Lindqvist', role: 'Coordinator of the eastern district' },
];
