"""Training on sequences: which task a config describes, and what can be watched while it is learned.

Snapshots, written before the first step and after every epoch; K samples of the validation split that stay the same, T
steps, F features, L layers. All float32 unless said otherwise.

Every task:
  hidden      states (L, T, H), H = units of a layer (forwards first, then backwards), the first 128 of them;
              inputs (T, F), or int32 code points (T,) of a text: one sample, hidden states after every step
  gradients   distance int64 (T,) from 0; state, hidden (T,): norm of ∂loss/∂(whole state) and ∂loss/∂h_t at so many steps
              before the end, mean over K samples, where the loss is that of the last step. Not for bidirectional networks
Classes (signals, digits, mnist, fashion, recall):
  reading     inputs (K, T, F), labels int64 (K,), probabilities (K, T, classes) after every step
adding:
  adding      inputs (K, T, 2), targets (K,), outputs (K, T): what the network would answer after every step
Series (sines, mackey-glass, series), in the series' own units:
  forecast    time int64 (N,), truth (N,), one_step (N,), free (N,), naive (N,), linear (N,), linear_free (N,); NaN where
              there is none; start int64 (): the index from which `free` and `linear_free` feed on themselves
Texts (topics, own):
  samples     codes int32 (3, 240), code points; temperatures (3,); prompt int32 (P,), code points
  next        prompt int32 (P,), code points; codes int32 (A,) and probabilities (A,) of every next character

Metrics: classes have loss (cross-entropy) and accuracy; adding has loss (mean squared error), and naive in validation and
test; series have loss (mean squared error of the standardised series), and naive and linear in validation and test;
texts have loss (cross-entropy a character), perplexity and accuracy.
"""
