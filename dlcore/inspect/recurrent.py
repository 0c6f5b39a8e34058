"""Inside of a trained recurrent network: states, gates with their numbers, saliency, gradients through time, texts.

model, header = files.load(store.weights(run_id))      # dlcore.models.rnn.Recurrent; model.config: RunConfig
sample = examples(header["config"], "test", count)     # Examples(inputs, targets, labels)
trace(model, sample.inputs[0])                         # Trace: signals of every layer, outputs after every step
terms(trace, layer, time, unit)                        # tuple[Term]: name, latex, latex with numbers, value
answers(model, inputs)                                 # (N, T, outputs): probabilities or values after every step
saliency(model, inputs[0], target=None)                # (T,): how much each step weighs
gradient_by_distance(model, inputs, targets)           # Distances(distance, state, hidden)
next_characters(model, prompt, temperature)            # [(character, probability), …], most likely first
continuation(model, prompt, count, temperature, seed)  # text
activations(model, text)                               # Tensor (T, layers, units)
"""
